/** Where administrators look at people: the side panel reads the URL there, nothing else. */
export const adminHosts: readonly string[] = [
  'entra.microsoft.com',
  'portal.azure.com',
  'admin.microsoft.com',
  'entra.microsoft.us',
  'portal.azure.us',
  'portal.azure.cn',
]
