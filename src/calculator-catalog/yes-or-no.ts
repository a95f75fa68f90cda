/** The values of a prompt argument that says yes or no: prompt arguments are strings. */
export const yesOrNo: readonly string[] = ['true', 'false'];
