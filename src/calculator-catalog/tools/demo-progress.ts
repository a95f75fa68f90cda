import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { defineTool } from '../../catalog/define.js';

/** How long one step takes where nothing else is asked for, and at most, ms. */
const STEP_MS = 200;
const MAX_STEP_MS = 60_000;
const MAX_STEPS = 20;
const DEFAULT_STEPS = 5;

export const demoProgress = defineTool({
  name: 'demo_progress',
  title: 'Progress demonstration',
  description: `Reports progress step by step, about ${STEP_MS} ms a step unless delayMs says otherwise: shows how a client receives notifications during a call, or follows a task.`,
  task: 'optional',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  inputSchema: z.object({
    steps: z.int().min(1).max(MAX_STEPS).default(DEFAULT_STEPS).describe('How many steps to report'),
    delayMs: z.int().min(0).max(MAX_STEP_MS).default(STEP_MS).describe('How long each step takes, in ms'),
  }),
  outputSchema: z.object({ steps: z.int().min(1).max(MAX_STEPS).describe('How many steps were reported') }),
  /** A call that is cancelled ends at once: the wait rejects with the signal's `AbortError`. */
  async handler({ steps, delayMs }, context) {
    for (let step = 1; step <= steps; step++) {
      await wait(delayMs, undefined, { signal: context.signal });
      await context.progress(step / steps, 1, `Progress step ${step} of ${steps}`);
    }
    return {
      content: [
        { type: 'text', text: `Progress demonstration completed with ${steps} ${steps === 1 ? 'step' : 'steps'}` },
      ],
      structuredContent: { steps },
    };
  },
});
