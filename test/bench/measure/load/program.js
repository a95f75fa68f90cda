// The process that makes the load: takes one task at a time from its parent, and ends with it.
import { fire } from './fire.js';
import { hangUp, listen, listenModern } from './listeners.js';
import { ask, openSessions } from './sessions.js';

const tasks = { ask, fire, hangUp, listen, listenModern, openSessions };

process.on('message', ({ task, options }) => {
  tasks[task](options).then(
    (value) => process.send?.({ value }),
    (error) => process.send?.({ error: `${task}: ${error.message}` }),
  );
});
process.on('disconnect', () => process.exit());
