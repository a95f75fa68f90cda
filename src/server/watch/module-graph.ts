import { createRequire, register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { OWN_FOLDER } from '../own-folder.js';
import { noteCaught } from '../uncaught.js';
import { isOfAuthor, MARK } from './author-files.js';
import type { HookData } from './hooks.js';

const HOOKS = new URL('watch-hooks.js', OWN_FOLDER);

const { cache } = createRequire(import.meta.url);

/** An author's module and what it imports, loaded as often as it changes. Old ones stay in memory: Node forgets no ES module. */
export class ModuleGraph {
  private readonly messages: MessageChannel['port1'];
  /** What others have loaded by `require`. */
  private readonly others = new Set(Object.keys(cache));
  private count = 0;

  /** `onFile` hears of every file, more than once, and of some when they are asked for and not there. */
  constructor(private readonly onFile: (path: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.messages = port1;
    port1.on('message', (url: string) => this.onFile(fileURLToPath(url)));
    port1.unref();
    const data: HookData = { port: port2, own: OWN_FOLDER };
    register<HookData>(HOOKS, { data, transferList: [port2] });
  }

  /** Loads the module of this URL anew. Rejects with what it throws. */
  async load(url: string): Promise<unknown> {
    for (const path of this.required()) delete cache[path];
    this.count += 1;
    try {
      return await import(`${url}?${MARK}=${this.count}`);
    } catch (error) {
      noteCaught(error);
      throw error;
    } finally {
      this.hearAll();
      for (const path of this.required()) this.onFile(path);
    }
  }

  /** What is known by the end of a load, also where it fails, helps to say where. */
  private hearAll(): void {
    for (let told = receiveMessageOnPort(this.messages); told; told = receiveMessageOnPort(this.messages))
      this.onFile(fileURLToPath(told.message as string));
  }

  close(): void {
    this.messages.close();
  }

  /** The author's modules of CommonJS, which the hooks hear of only where an ES module imports them. */
  private required(): string[] {
    return Object.keys(cache).filter(
      (path) => !this.others.has(path) && isOfAuthor(pathToFileURL(path).href, OWN_FOLDER),
    );
  }
}
