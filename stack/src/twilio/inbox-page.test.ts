import { expect, it } from 'vitest'
import { inboxPage } from './inbox-page.js'
import { newMessage } from './message.js'

it('shows texts as texts, whatever is in them', () => {
  const body = `<script>alert("1")</script> & 'more'`
  const page = inboxPage([newMessage({ to: '+1', from: '+2', messagingServiceSid: null, body, media: 0 }, 'ACx', new Date())], 1, true)
  expect(page).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;more&#39;')
  expect(page).not.toContain('<script>alert')
})

it('has a form for what a customer replies, where something is called with it, and none for what came in', () => {
  const sent = newMessage({ to: '+43664"1', from: '+15005550006', messagingServiceSid: null, body: 'x', media: 0 }, 'ACx', new Date())
  const reply = { ...sent, direction: 'inbound' as const, status: 'received' as const }
  const page = inboxPage([sent, reply], 2, true)
  expect(page.match(/<form/g)).toHaveLength(1)
  expect(page).toContain('<input type="hidden" name="from" value="+43664&#34;1"><input type="hidden" name="to" value="+15005550006">')
  expect(inboxPage([sent], 1, false)).not.toContain('<form')
})
