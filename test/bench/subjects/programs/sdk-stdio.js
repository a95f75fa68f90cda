// The usual pattern on stdio. Argument: the catalog's module.
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createMcpServer } from './mcp-server.js';

const { default: catalog } = await import(process.argv[2]);
await createMcpServer(catalog, []).connect(new StdioServerTransport());
