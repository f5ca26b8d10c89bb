import { expect, it } from 'vitest'
import { inboxPage } from './inbox-page.js'
import { newMessage } from './message.js'

it('shows texts as texts, whatever is in them', () => {
  const body = `<script>alert("1")</script> & 'more'`
  const page = inboxPage([newMessage({ to: '+1', from: '+2', messagingServiceSid: null, body, media: 0 }, 'ACx', new Date())], 1)
  expect(page).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;more&#39;')
  expect(page).not.toContain('<script>')
})
