// The floor below joining: what this browser needs for the like of it on this machine at this moment, with no server and
// no page of ours. Two connections in one empty page offer and answer each other, and a picture goes over.
import type { Person } from './browsers'

export interface Floor {
  /** From the beginning to the first frame shown, ms. */
  first_frame_ms: number
  /** From the answer's being set to `connected`, ms. */
  ice_dtls_ms: number
}

export async function joinFloor(person: Person): Promise<Floor> {
  await person.page.goto('about:blank')
  return person.page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 640
    canvas.height = 360
    const context = canvas.getContext('2d')!
    const camera = canvas.captureStream(24)
    const draw = setInterval(() => {
      context.fillStyle = `hsl(${(performance.now() / 10) % 360} 60% 50%)`
      context.fillRect(0, 0, canvas.width, canvas.height)
    }, 40)
    const begun = performance.now()
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()]
    near.onicecandidate = (event) => void far.addIceCandidate(event.candidate ?? undefined)
    far.onicecandidate = (event) => void near.addIceCandidate(event.candidate ?? undefined)
    const shown = new Promise<number>((done) => {
      far.ontrack = (event) => {
        const video = document.createElement('video')
        video.muted = video.autoplay = true
        video.srcObject = new MediaStream([event.track])
        document.body.append(video)
        video.requestVideoFrameCallback(() => done(performance.now()))
      }
    })
    const connected = new Promise<number>((done) => {
      near.onconnectionstatechange = () => near.connectionState === 'connected' && done(performance.now())
    })
    near.addTrack(camera.getVideoTracks()[0]!, camera)
    await near.setLocalDescription()
    await far.setRemoteDescription(near.localDescription!)
    await far.setLocalDescription()
    await near.setRemoteDescription(far.localDescription!)
    const answered = performance.now()
    const result = { first_frame_ms: (await shown) - begun, ice_dtls_ms: Math.max(0, (await connected) - answered) }
    clearInterval(draw)
    near.close()
    far.close()
    return { first_frame_ms: Math.round(result.first_frame_ms), ice_dtls_ms: Math.round(result.ice_dtls_ms) }
  })
}
