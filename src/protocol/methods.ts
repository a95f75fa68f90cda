import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { CallContext } from '../catalog/context.js';
import type { CompiledCatalog } from './compile.js';
import { complete } from './handlers/completion.js';
import { getPrompt, listPrompts } from './handlers/prompts.js';
import { listResources, listTemplates, readResource, subscribe } from './handlers/resources.js';
import { callTool, listTools } from './handlers/tools.js';

type RequestSchema = Parameters<Server['setRequestHandler']>[0];

interface Method {
  readonly method: string;
  /** The capability that has to be declared for it. */
  readonly capability: string;
  readonly schema: RequestSchema;
  run(compiled: CompiledCatalog, params: never, context: CallContext): unknown;
}

/** Every request that a catalog answers; `initialize` and `ping` are the SDK's own. */
export const methods: readonly Method[] = [
  { method: 'tools/list', capability: 'tools', schema: ListToolsRequestSchema, run: listTools },
  { method: 'tools/call', capability: 'tools', schema: CallToolRequestSchema, run: callTool },
  { method: 'resources/list', capability: 'resources', schema: ListResourcesRequestSchema, run: listResources },
  {
    method: 'resources/templates/list',
    capability: 'resources',
    schema: ListResourceTemplatesRequestSchema,
    run: listTemplates,
  },
  { method: 'resources/read', capability: 'resources', schema: ReadResourceRequestSchema, run: readResource },
  { method: 'resources/subscribe', capability: 'resources', schema: SubscribeRequestSchema, run: subscribe },
  // What these two change is stored by the transport (effects.ts), the same for every kind of server.
  { method: 'resources/unsubscribe', capability: 'resources', schema: UnsubscribeRequestSchema, run: () => ({}) },
  { method: 'logging/setLevel', capability: 'logging', schema: SetLevelRequestSchema, run: () => ({}) },
  { method: 'prompts/list', capability: 'prompts', schema: ListPromptsRequestSchema, run: listPrompts },
  { method: 'prompts/get', capability: 'prompts', schema: GetPromptRequestSchema, run: getPrompt },
  { method: 'completion/complete', capability: 'completions', schema: CompleteRequestSchema, run: complete },
];
