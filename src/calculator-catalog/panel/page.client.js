// The panel of `calculate`, in a frame of its host's without an origin: it speaks with nobody else (SEP-1865, revision 2026-01-26). By
// hand, because the SDK for apps would make forty times as much of it.
(() => {
  const SIGNS = { add: '+', subtract: '−', multiply: '×', divide: '÷' };
  const OPERATIONS = Object.fromEntries(Object.entries(SIGNS).map(([op, sign]) => [sign, op]));
  /** Characters of one number. */
  const DIGITS = 30;

  const display = document.getElementById('display');
  const waiting = new Map();
  let requests = 0;
  let capabilities = {};
  /** The first number, the sign, the second number. */
  let typed = ['0', '', ''];
  /** Whether the first number is a result, which the next digit replaces. */
  let done = false;

  const send = (message) => window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');

  function ask(method, params) {
    requests += 1;
    const id = requests;
    send({ id, method, params });
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  const told = {
    'ui/notifications/tool-input': ({ arguments: given = {} }) =>
      show([given.a, SIGNS[given.op] ?? '', given.b].join(' ')),
    'ui/notifications/tool-result': take,
    'ui/notifications/tool-cancelled': () => show('Cancelled'),
    'ui/notifications/host-context-changed': follow,
  };

  window.addEventListener('message', ({ source, data }) => {
    if (source !== window.parent || data?.jsonrpc !== '2.0') return;
    const { id, method, params = {}, result, error } = data;
    if (method === undefined) {
      const { resolve, reject } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    } else if (id === undefined) {
      if (Object.hasOwn(told, method)) told[method](params);
    } else if (method === 'ping' || method === 'ui/resource-teardown') {
      send({ id, result: {} });
    } else {
      send({ id, error: { code: -32601, message: `Method not found: ${method}` } });
    }
  });

  function show(text) {
    display.textContent = text;
  }

  function follow({ theme, styles }) {
    if (theme) document.documentElement.dataset.theme = theme;
    for (const [name, value] of Object.entries(styles?.variables ?? {}))
      if (name.startsWith('--')) document.documentElement.style.setProperty(name, value);
  }

  function take({ structuredContent, content = [], isError }) {
    done = true;
    const right = !isError && structuredContent !== undefined;
    typed = [right ? (structuredContent.exact ?? String(structuredContent.value)) : '0', '', ''];
    show(right ? typed[0] : (content.find(({ type }) => type === 'text')?.text ?? 'That did not work'));
  }

  function press(key) {
    if (key === '=') {
      calculate().catch((error) => show(error.message));
      return;
    }
    if (key === 'C') {
      typed = ['0', '', ''];
    } else if (Object.hasOwn(OPERATIONS, key)) {
      typed[1] = key;
    } else {
      const place = typed[1] === '' ? 0 : 2;
      const before = place === 0 && done ? '' : typed[place];
      if ((key === '.' && before.includes('.')) || before.length >= DIGITS) return;
      typed[place] = key === '.' ? `${before || '0'}.` : before === '0' ? key : before + key;
    }
    done = false;
    show(typed.filter(Boolean).join(' '));
  }

  async function calculate() {
    const [a, sign, b] = typed.map((part) => part.replace(/\.$/, ''));
    if (sign === '' || b === '') return;
    // As strings, so that no digit is lost.
    const result = await ask('tools/call', { name: 'calculate', arguments: { a, b, op: OPERATIONS[sign] } });
    take(result);
    const text = `The person has calculated in the panel: ${a} ${sign} ${b} = ${display.textContent}`;
    if (capabilities.updateModelContext) await ask('ui/update-model-context', { content: [{ type: 'text', text }] });
  }

  document.getElementById('keys').addEventListener('click', ({ target }) => {
    if (target.tagName === 'BUTTON') press(target.textContent);
  });

  const size = () => {
    const { width, height } = document.documentElement.getBoundingClientRect();
    send({ method: 'ui/notifications/size-changed', params: { width: Math.ceil(width), height: Math.ceil(height) } });
  };

  ask('ui/initialize', {
    appInfo: { name: 'mcp-calc-panel', version: '1' },
    appCapabilities: {},
    protocolVersion: '2026-01-26',
  }).then(
    ({ hostContext = {}, hostCapabilities = {} }) => {
      capabilities = hostCapabilities;
      follow(hostContext);
      send({ method: 'ui/notifications/initialized', params: {} });
      new ResizeObserver(size).observe(document.documentElement);
    },
    (error) => show(error.message),
  );
})();
