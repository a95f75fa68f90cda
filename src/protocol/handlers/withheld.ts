import type { Catalog } from '../../catalog/define.js';
import { RpcError } from '../../rpc/errors.js';

/** The answer for a tool or prompt that this build knows and does not offer; undefined where the name means nothing. */
export function withheldError({ withheld = {} }: Catalog, name: string): RpcError | undefined {
  const found = Object.hasOwn(withheld, name) ? withheld[name] : undefined;
  return found && new RpcError(found.code, found.message);
}
