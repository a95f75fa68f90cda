import { describe, expect, it } from 'vitest';
import { calculatorCatalog } from '../../src/calculator-catalog/index.js';
import { panelPage } from '../../src/calculator-catalog/panel/page.js';
import { callContext } from '../helpers/call-context.js';

/** Characters of the page: it is sent to every host that shows it. */
const MOST_CHARACTERS = 10_000;

describe('the panel of calculate', () => {
  it('is named and served where apps are offered, in either build, and nowhere else', () => {
    for (const minimal of [false, true]) {
      const { tools, resources } = calculatorCatalog({ apps: true, minimal });
      const named = tools.filter(({ _meta }) => _meta);
      expect(named).toMatchObject([
        { name: 'calculate', _meta: { ui: { resourceUri: 'ui://calculator/panel', visibility: ['model', 'app'] } } },
      ]);
      expect(resources.map(({ uri }) => uri)).toContain('ui://calculator/panel');
    }
    const { tools, resources } = calculatorCatalog();
    expect(tools.filter(({ _meta }) => _meta)).toEqual([]);
    expect(resources.map(({ uri }) => uri)).not.toContain('ui://calculator/panel');
  });

  it('is a page of the type that hosts look for, with what it may load: nothing', async () => {
    const uri = 'ui://calculator/panel';
    const panel = calculatorCatalog({ apps: true }).resources.find((resource) => resource.uri === uri);
    expect(await panel?.read(uri, callContext().context)).toMatchObject({
      uri,
      mimeType: 'text/html;profile=mcp-app',
      _meta: { ui: { csp: { connectDomains: [], resourceDomains: [] } } },
    });
  });

  it('loads nothing, and lets no script or style run but its own', async () => {
    const page = await panelPage();
    expect(page).not.toMatch(/\b(?:src|href|action|on\w+)=|https?:|@import|url\(/);
    expect(page).toMatch(/default-src 'none'; script-src 'sha256-[^']{44}'; style-src 'sha256-[^']{44}';/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.length).toBeLessThan(MOST_CHARACTERS);
  });
});
