/** How many primes are greater than `after` and at most `upTo`. */
export function countPrimes(after, upTo) {
  let count = 0;
  for (let n = after + 1; n <= upTo; n += 1) if (isPrime(n)) count += 1;
  return count;
}

function isPrime(n) {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let factor = 3; factor * factor <= n; factor += 2) if (n % factor === 0) return false;
  return true;
}
