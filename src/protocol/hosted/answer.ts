import type { RpcRequest, RpcResponse } from '../../rpc/messages.js';
import type { Answer } from '../answer.js';
import { failureAnswer, resultAnswer } from '../answer.js';
import { inWords, isFaultOfTool } from './faults.js';

/** An SDK server's answer as it is sent. Throws what is a tool's own fault, and not to be told, for the log. */
export function answerOf(response: RpcResponse, request: RpcRequest | undefined): Answer {
  const { id, result, error } = inWords(response);
  if (!error) {
    const answer = resultAnswer(id, result);
    return result?.resultType === 'input_required' ? { ...answer, outcome: 'input_required' } : answer;
  }
  if (request?.method === 'tools/call' && isFaultOfTool(error)) throw new Error(error.message);
  return failureAnswer(id, error as never);
}
