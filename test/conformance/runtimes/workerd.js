import { handler } from './handler.js';

export default { fetch: (request, _env, context) => handler(request, context) };
