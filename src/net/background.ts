/** Lets a process end although this timer has not; where a timer is a number, nothing waits for it. */
export function inBackground<T>(timer: T): T {
  (timer as { unref?(): unknown }).unref?.();
  return timer;
}
