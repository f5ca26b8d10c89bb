import { createServer } from 'node:net'
let n=0
createServer({noDelay:true}, (s) => {
  s.on('error',()=>{}); s.write('220 sink\r\n'); let buf='', data=false
  s.on('data', (d) => { buf += d.toString('latin1')
    for(;;){ if(data){ const i=buf.indexOf('\r\n.\r\n'); if(i<0){ if(buf.length>5) {} return } buf=buf.slice(i+5); data=false; n++; s.write('250 ok\r\n'); continue }
      const i=buf.indexOf('\r\n'); if(i<0) return; const l=buf.slice(0,i); buf=buf.slice(i+2)
      if(/^EHLO/.test(l)) s.write('250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n'); else if(l==='DATA'){data=true; s.write('354 go\r\n')} else if(l==='QUIT'){s.end('221 bye\r\n'); return} else s.write('250 ok\r\n') } })
}).listen(Number(process.argv[2]),'127.0.0.1')
