import { defineResource } from '../../catalog/define.js';
import { FOR_AN_HOUR } from '../cache.js';

const URI = 'ui://calculator/panel';
const TYPE = 'text/html;profile=mcp-app';

/** What names the panel with a tool (SEP-1865): hosts looked under the second key before that was final. */
export const PANEL_META = { ui: { resourceUri: URI, visibility: ['model', 'app'] }, 'ui/resourceUri': URI };

/** That the panel may load nothing. Hosts read it where they read the page, and in the list before. */
const _meta = { ui: { csp: { connectDomains: [], resourceDomains: [] }, prefersBorder: true } };

/** A calculator that a host shows in the chat (MCP Apps); the page is loaded when it is read. */
export const panel = defineResource({
  uri: URI,
  name: 'panel',
  title: 'Calculator panel',
  description: 'What hosts that know MCP Apps show for calculate',
  mimeType: TYPE,
  changes: false,
  cache: FOR_AN_HOUR,
  _meta,
  async read(uri) {
    const { panelPage } = await import('./page.js');
    return { uri, mimeType: TYPE, text: await panelPage(), _meta };
  },
});
