// The panel may not make functions from text, and zod, which the SDK brings, shall not try. Imported first.
import { config } from 'zod/v4';

config({ jitless: true });
