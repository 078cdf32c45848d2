// Preloaded into clients that know no other address than Microsoft's: takes them to the practice tenant on this machine,
// and nowhere else.
import net from 'node:net'

const port = Number(process.env.PRACTICE_TENANT_PORT)
const hosts = new Set(['graph.microsoft.com', 'login.microsoftonline.com'])
const connect = net.Socket.prototype.connect

net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof options === 'object' && options !== null && typeof options.host === 'string') {
    if (!hosts.has(options.host)) throw new Error(`This test does not connect to ${options.host}.`)
    Object.assign(options, { host: '127.0.0.1', port })
    delete options.lookup
  }
  return connect.apply(this, args)
}
