/** Whether a text is an IPv4 or IPv6 address (RFC 4291, section 2.2), as Elasticsearch's type `ip` takes it: without port, brackets or zone. */
export function isIp(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false
  return text.includes(':') ? isIpv6(text) : isIpv4(text)
}

function isIpv4(text: string): boolean {
  let parts = 0
  let value = -1
  for (let i = 0; i <= text.length; i++) {
    const digit = i < text.length ? text.charCodeAt(i) - 48 : -2
    if (digit >= 0 && digit <= 9) {
      // A leading zero is octal to some and decimal to others.
      if (value === 0) return false
      value = value < 0 ? digit : value * 10 + digit
      if (value > 255) return false
    } else if ((digit === -2 || i === text.length) && value >= 0) {
      parts++
      value = -1
    } else return false
  }
  return parts === 4
}

function isIpv6(text: string): boolean {
  if (!text.includes('.')) return areGroups(text)
  // The last two groups may be written as an IPv4 address.
  const tail = text.lastIndexOf(':') + 1
  return isIpv4(text.slice(tail)) && areGroups(`${text.slice(0, tail)}0:0`)
}

/** Eight groups of up to four hexadecimal digits, of which a row of zeros can be left out once. */
function areGroups(text: string): boolean {
  let groups = 0
  let digits = 0
  let gap = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)) {
      if (++digits > 4) return false
      if (digits === 1) groups++
    } else if (code !== 58) return false
    else {
      if (text.charCodeAt(i + 1) === 58) {
        if (gap) return false
        gap = true
        i++
      } else if (digits === 0 || i + 1 === text.length) return false
      digits = 0
    }
  }
  return gap ? groups < 8 : groups === 8
}

/** Whether an address is one of a private network or of the machine itself: RFC 1918, RFC 4193, loopback, link-local. */
export function isPrivateIp(ip: string): boolean {
  if (ip.includes(':')) return ip === '::1' || /^f[cd]|^fe[89ab]/i.test(ip)
  const dot = ip.indexOf('.')
  const first = ip.slice(0, dot)
  if (first === '10' || first === '127') return true
  const second = Number(ip.slice(dot + 1, ip.indexOf('.', dot + 1)))
  return (first === '192' && second === 168) || (first === '172' && second >= 16 && second <= 31) || (first === '169' && second === 254)
}
