const place = 'lockstep-place'

/** Remembers where in the console somebody is who leaves it to confirm something. */
export function keepPlace(): void {
  sessionStorage.setItem(place, location.pathname)
}

/** Goes back there, once. */
export function returnToPlace(): void {
  const kept = sessionStorage.getItem(place)
  sessionStorage.removeItem(place)
  if (kept?.startsWith('/admin/') && location.pathname === '/admin') history.replaceState(null, '', kept)
}
