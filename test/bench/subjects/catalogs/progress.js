// One tool that sends its progress as fast as it is taken.
import { defineCatalog, defineTool } from 'mcp-calc';
import { z } from 'zod';
import { PROGRESS_EVENTS } from '../../workloads/requests.js';

export default defineCatalog({
  tools: [
    defineTool({
      name: 'progress',
      title: 'Progress',
      description: `Reports ${PROGRESS_EVENTS} steps without a pause`,
      inputSchema: z.object({}),
      async handler(_args, { progress }) {
        for (let step = 1; step <= PROGRESS_EVENTS; step++) await progress(step, PROGRESS_EVENTS, `Step ${step}`);
        return { content: [{ type: 'text', text: 'Done' }] };
      },
    }),
  ],
});
