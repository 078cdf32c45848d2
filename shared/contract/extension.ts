/** Id of the published extension: the fingerprint of the public key in its manifest. */
export const extensionId = 'khomjfilkemmnmieamlncpaednllelpc'
