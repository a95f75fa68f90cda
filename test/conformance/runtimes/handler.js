import { createFetchHandler } from 'mcp-calc/fetch';
import catalog from '../../../examples/conformance/server.js';

/** What every runtime serves: the fixture of the suite, to hosts of this machine. */
export const handler = createFetchHandler(catalog, { allowedHosts: ['localhost', '127.0.0.1'] });
