// For `node --import`: writes "IMPORT name" to stderr for every package that the program itself imports.
import { writeSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// Node runs the hooks below in a thread of their own, which loads this file again.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const isPackage = !/^([./]|node:|file:|data:)/.test(specifier);
  if (isPackage && !context.parentURL?.includes('/node_modules/')) writeSync(2, `IMPORT ${specifier}\n`);
  return next(specifier, context);
}
