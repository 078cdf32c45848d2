/** The version of everything in this repository. */
export const version = '0.1.0'
