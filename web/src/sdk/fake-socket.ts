// For tests of the signalling, with and without the meeting around it.
/** A WebSocket whose other end is the test. */
export class FakeSocket {
  static all: FakeSocket[] = []
  readyState = 0
  sent: { t: string; id: number; [member: string]: unknown }[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  onerror: (() => void) | null = null
  constructor(readonly url = '') {
    FakeSocket.all.push(this)
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.readyState = 3
  }
  opened() {
    this.readyState = 1
    this.onopen?.()
  }
  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  breaks(code = 1006) {
    this.readyState = 3
    this.onclose?.({ code })
  }
  /** The newest request of this type. */
  asked(type: string) {
    return this.sent.filter((message) => message.t === type).pop()
  }
  get last() {
    return this.sent[this.sent.length - 1]!
  }
}
