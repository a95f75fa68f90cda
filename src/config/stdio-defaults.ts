import type { StdioConfig } from './resolve.js';

/**
 * What `mcp-calc stdio` resolves to where nothing is set: by far the most common start, which needs no settings to be read and
 * no schema to be loaded. A test holds it against the settings.
 */
export const stdioDefaults: StdioConfig = {
  command: 'stdio',
  server: undefined,
  sampleToolName: undefined,
  historyLimit: 50,
  log: { level: 'info', format: 'auto' },
};

/** The variables that `mcp-calc stdio` reads. */
export const stdioVariables = ['SERVER_MODULE', 'SAMPLE_TOOL_NAME', 'HISTORY_LIMIT', 'LOG_LEVEL', 'LOG_FORMAT'] as const;
