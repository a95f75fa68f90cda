// For `node --import`: writes "LOADED path" to stderr for every file of the built program that is loaded, relative to dist.
import { writeSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// Node runs the hooks below in a thread of their own, which loads this file again.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  const file = url.split('/dist/')[1];
  if (file !== undefined && !url.includes('/node_modules/')) writeSync(2, `LOADED ${file}\n`);
  return next(url, context);
}
