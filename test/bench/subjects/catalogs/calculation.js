// An author's own server: the one tool that the peers serve, too.
import { defineCatalog, defineTool } from 'mcp-calc';
import { z } from 'zod';
import { calculation, description, inputShape, name, outputShape, title } from '../calculation.js';

export default defineCatalog({
  tools: [
    defineTool({
      name,
      title,
      description,
      inputSchema: z.object(inputShape),
      outputSchema: z.object(outputShape),
      handler: calculation,
    }),
  ],
});
