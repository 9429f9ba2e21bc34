// For tests of the meeting's client.
type Parameters = { encodings: RTCRtpEncodingParameters[] }

/** As much of a peer connection as the client touches. */
export class FakePeer {
  static all: FakePeer[] = []
  connectionState = 'new'
  signalingState = 'stable'
  localDescription = { sdp: '' }
  onconnectionstatechange: (() => void) | null = null
  lines: { mid: string | null; currentDirection: string | null; sender: object; receiver: object }[] = []
  constructor(public configuration: RTCConfiguration = {}) {
    FakePeer.all.push(this)
  }
  addTransceiver(_kind: string, init: RTCRtpTransceiverInit = {}) {
    const sender = {
      track: null as unknown,
      replaceTrack: async (track: unknown) => void (sender.track = track),
      parameters: { encodings: init.sendEncodings ?? [] } as Parameters,
      getParameters: (): Parameters => structuredClone(sender.parameters),
      setParameters: async (parameters: Parameters) => void (sender.parameters = parameters),
    }
    const line = {
      mid: null as string | null,
      currentDirection: null as string | null,
      sender,
      receiver: { track: null },
    }
    this.lines.push(line)
    return line
  }
  getTransceivers = () => this.lines
  getConfiguration = () => this.configuration
  setConfiguration = (configuration: RTCConfiguration) => void (this.configuration = configuration)
  restarts = 0
  createOffer = async (options?: RTCOfferOptions) => {
    if (options?.iceRestart) this.restarts += 1
    return { type: 'offer', sdp: 'v=0\r\n' }
  }
  async setLocalDescription(description: { type: string }) {
    this.signalingState = description.type === 'rollback' ? 'stable' : 'have-local-offer'
    this.lines.forEach((line, i) => {
      if (description.type !== 'rollback') line.mid ??= String(i)
      else if (!line.currentDirection) line.mid = null
    })
  }
  async setRemoteDescription() {
    this.signalingState = 'stable'
    for (const line of this.lines) line.currentDirection = 'sendonly'
  }
  getStats = async () => new Map()
  addEventListener() {}
  close() {
    this.connectionState = 'closed'
  }
}
