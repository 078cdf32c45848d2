/** Host names of this machine, as URLs write them. */
export const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
