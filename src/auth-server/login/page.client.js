'use strict';

// The script of the login page. It keeps the names that were made up in localStorage, offers them beside the known ones, and
// picks the one of last time. The page works without it.
(() => {
  const KEY = 'mcp-calc.users';
  const MOST = 5;
  const form = document.querySelector('[data-login]');
  if (!form) return;
  const isName = new RegExp(form.dataset.namePattern, 'u');
  const list = form.querySelector('[data-users]');
  const typed = form.elements.namedItem('name');
  const choices = () => [...list.querySelectorAll('input[name="user"]')];

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}');
      const users = Array.isArray(kept.users)
        ? kept.users.filter((user) => typeof user === 'string' && isName.test(user)).slice(0, MOST)
        : [];
      return { users, last: typeof kept.last === 'string' ? kept.last : undefined };
    } catch {
      return { users: [], last: undefined };
    }
  }

  function save(state) {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
    } catch {
      // Storage may be full or forbidden; the login works without it.
    }
  }

  function forget(user, label) {
    const { users, last } = load();
    save({ users: users.filter((kept) => kept !== user), last: last === user ? undefined : last });
    const wasPicked = label.querySelector('input').checked;
    label.remove();
    if (wasPicked) choices()[0].checked = true;
    choices()[0].focus();
  }

  function offer(user) {
    const label = list.querySelector('label').cloneNode(true);
    const input = label.querySelector('input');
    input.value = user;
    input.checked = false;
    label.querySelector('.initials').textContent = user
      .split(' ')
      .map((part) => part.charAt(0))
      .join('')
      .slice(0, 2)
      .toUpperCase();
    label.lastElementChild.textContent = user;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'forget';
    button.textContent = '×';
    button.setAttribute('aria-label', 'Forget ' + user);
    button.addEventListener('click', () => forget(user, label));
    label.append(button);
    list.append(label);
  }

  const { users, last } = load();
  users.forEach(offer);
  const latest = choices().find((input) => input.value === last);
  if (latest) latest.checked = true;

  function followTyping() {
    const isTyped = typed.value.trim() !== '';
    for (const input of choices()) if (isTyped) input.checked = false;
    if (!isTyped && !choices().some((input) => input.checked)) choices()[0].checked = true;
  }
  typed.addEventListener('input', followTyping);
  followTyping();
  list.addEventListener('change', () => {
    typed.value = '';
  });

  form.addEventListener('submit', (event) => {
    const made = typed.value.trim();
    if (event.submitter?.value === 'deny' || (made !== '' && !isName.test(made))) return;
    const picked = choices().find((input) => input.checked)?.value;
    const { users: kept } = load();
    const known = choices().some((input) => input.value === made);
    save({ users: made === '' || known ? kept : [made, ...kept].slice(0, MOST), last: made === '' ? picked : made });
  });
})();
