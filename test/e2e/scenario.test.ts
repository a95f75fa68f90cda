import { describe } from 'vitest';
import { connectClient, TRANSPORTS } from '../helpers/sdk-client.js';
import { sdkScenario } from './sdk-scenario.js';

describe.each(TRANSPORTS)('the SDK client over %s', (name) => sdkScenario(() => connectClient(name)));
