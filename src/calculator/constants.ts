/**
 * The constants that the calculator knows, each to 40 significant digits: more than decimal.js is asked to work with,
 * so that no result is limited by them. OEIS A000796, A001113, A001622, A002193, A002162, A002392.
 */
export const constantDigits = {
  pi: '3.141592653589793238462643383279502884197',
  e: '2.718281828459045235360287471352662497757',
  phi: '1.618033988749894848204586834365638117720',
  sqrt2: '1.414213562373095048801688724209698078570',
  ln2: '0.6931471805599453094172321214581765680755',
  ln10: '2.302585092994045684017991454684364207601',
} as const;

export type ConstantName = keyof typeof constantDigits;

/** The same as numbers: the double nearest to each constant. */
export const constants: Readonly<Record<ConstantName, number>> = {
  pi: Number(constantDigits.pi),
  e: Number(constantDigits.e),
  phi: Number(constantDigits.phi),
  sqrt2: Number(constantDigits.sqrt2),
  ln2: Number(constantDigits.ln2),
  ln10: Number(constantDigits.ln10),
};
