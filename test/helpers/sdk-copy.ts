import { createMcpHandler } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { SdkCopy } from '../../src/protocol/hosted/modern-host.js';

/** The copy of the SDK that servers of tests are made by. */
export async function loadSdk(): Promise<SdkCopy> {
  return { createMcpHandler, serveStdio };
}
