// Cameras and microphones for browser tests: each picture carries its owner's colour and a frame counter, each
// sound its own tone, so that a test can tell who is seen and heard. Picture: a plain colour; at the bottom 16
// blocks, white for 1, the frame counter's bits from the left; in the middle a square that is white for the first
// 100 ms of each second (the flash), black otherwise. Sound: bursts of the owner's tone and a 1 kHz beep of 100 ms
// with each flash.
import { createWriteStream, existsSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'

export const WIDTH = 640
export const HEIGHT = 360
export const RATE = 30 // frames per second
const LOOP_FRAMES = 10 * RATE

export interface Look {
  name: string
  /** 0…255 each, full-range RGB. */
  colour: [number, number, number]
  /** Hz. */
  tone: number
}

export const LOOKS: Look[] = [
  { name: 'red', colour: [200, 40, 40], tone: 440 },
  { name: 'green', colour: [40, 160, 60], tone: 620 },
  { name: 'blue', colour: [50, 70, 200], tone: 820 },
  { name: 'amber', colour: [210, 160, 30], tone: 1240 },
]

/** Of what is shared as a screen. */
export const SCREEN = LOOKS[3]!

const toYuv = ([r, g, b]: [number, number, number]): [number, number, number] => [
  Math.round(16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256),
  Math.round(128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256),
  Math.round(128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256),
]

/** Writes a Y4M file that Chromium loops as its camera (--use-file-for-fake-video-capture). */
export async function writeCamera(path: string, look: Look): Promise<void> {
  if (existsSync(path)) return
  const out = createWriteStream(path)
  out.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`)
  const [y, u, v] = toYuv(look.colour)
  const luma = Buffer.alloc(WIDTH * HEIGHT)
  const chroma = Buffer.concat([
    Buffer.alloc((WIDTH * HEIGHT) / 4, u),
    Buffer.alloc((WIDTH * HEIGHT) / 4, v),
  ])
  const rectangle = (x0: number, y0: number, w: number, h: number, value: number) => {
    for (let row = y0; row < y0 + h; row++) luma.fill(value, row * WIDTH + x0, row * WIDTH + x0 + w)
  }
  for (let frame = 0; frame < LOOP_FRAMES; frame++) {
    luma.fill(y)
    rectangle(270, 130, 100, 100, frame % RATE < 3 ? 235 : 16)
    for (let bit = 0; bit < 16; bit++)
      rectangle(bit * 40, 300, 40, 60, (frame >> (15 - bit)) & 1 ? 235 : 16)
    out.write('FRAME\n')
    out.write(Buffer.from(luma))
    if (!out.write(chroma)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

/** Writes a WAV file that Chromium loops as its microphone (--use-file-for-fake-audio-capture). */
export function writeMicrophone(path: string, look: Look): void {
  if (existsSync(path)) return
  const rate = 48000
  const samples = 10 * rate
  const data = Buffer.alloc(44 + samples * 2)
  data.write('RIFF', 0)
  data.writeUInt32LE(36 + samples * 2, 4)
  data.write('WAVEfmt ', 8)
  data.writeUInt32LE(16, 16)
  data.writeUInt16LE(1, 20)
  data.writeUInt16LE(1, 22)
  data.writeUInt32LE(rate, 24)
  data.writeUInt32LE(rate * 2, 28)
  data.writeUInt16LE(2, 32)
  data.writeUInt16LE(16, 34)
  data.write('data', 36)
  data.writeUInt32LE(samples * 2, 40)
  for (let i = 0; i < samples; i++) {
    const t = i / rate
    const within = t % 1
    const burst = within > 0.3 && within < 0.9 && (t * 10) % 2 < 1.4
    const value = within < 0.1 ? Math.sin(2 * Math.PI * 1000 * t) : burst ? Math.sin(2 * Math.PI * look.tone * t) : 0
    data.writeInt16LE(Math.round(value * 12000), 44 + i * 2)
  }
  writeFileSync(path, data)
}

/** In every page, by openPerson: what the cameras below are made with. */
export interface FakeDevices {
  /** In place of the browser's own microphone and camera. */
  yishiGive: (sound: () => MediaStreamTrack, picture: () => MediaStreamTrack) => void
  /** Hz; 0…1. */
  yishiTone: (frequency: number, level: number) => MediaStreamTrack
}

export function installFakeDevices(): void {
  const page = window as unknown as FakeDevices
  page.yishiGive = (sound, picture) => {
    navigator.mediaDevices.getUserMedia = async (wanted?: MediaStreamConstraints) => {
      const stream = new MediaStream()
      if (wanted?.audio) stream.addTrack(sound())
      if (wanted?.video) stream.addTrack(picture())
      return stream
    }
  }
  page.yishiTone = (frequency, level) => {
    const context = new AudioContext()
    void context.resume()
    const out = context.createMediaStreamDestination()
    const voice = context.createOscillator()
    const gain = context.createGain()
    voice.frequency.value = frequency
    gain.gain.value = level
    voice.connect(gain).connect(out)
    voice.start()
    return out.stream.getAudioTracks()[0]!
  }
}

/**
 * Runs in the page before anything else: replaces getUserMedia by the same picture drawn on a canvas and the same
 * sound made by Web Audio. For Firefox, whose fake camera cannot be given a picture. A soft one talks low and neither
 * counts, flashes nor beeps: for the measurement of another's. What is shared as the screen has a look of its own, and
 * sounds.
 */
export function installCanvasCamera(look: Look, soft: boolean, screen: Look): void {
  const media = navigator.mediaDevices
  if (!media || (media as unknown as { yishiCanvas?: boolean }).yishiCanvas) return
  ;(media as unknown as { yishiCanvas?: boolean }).yishiCanvas = true
  let audio: AudioContext | undefined
  const startAudio = (): AudioContext => {
    audio ??= new AudioContext({ sampleRate: 48000 })
    void audio.resume()
    return audio
  }
  const sound = (of: Look): MediaStreamTrack => {
    const context = startAudio()
    const out = context.createMediaStreamDestination()
    const source = context.createBufferSource()
    const buffer = context.createBuffer(1, 48000, 48000)
    const samples = buffer.getChannelData(0)
    for (let i = 0; i < 48000; i++) {
      const t = i / 48000
      const burst = t > 0.3 && t < 0.9 && (t * 10) % 2 < 1.4
      const beep = t < 0.1 && !soft
      samples[i] = (soft ? 0.01 : 0.35) * (beep ? Math.sin(2 * Math.PI * 1000 * t) : burst ? Math.sin(2 * Math.PI * of.tone * t) : 0)
    }
    source.buffer = buffer
    source.loop = true
    source.connect(out)
    // On the whole second of the audio clock, the clock that the picture reads too.
    source.start(Math.ceil(context.currentTime + 0.05))
    return out.stream.getAudioTracks()[0]!
  }
  const picture = (of: Look): MediaStreamTrack => {
    const context = startAudio()
    const canvas = document.createElement('canvas')
    canvas.width = 640
    canvas.height = 360
    const pen = canvas.getContext('2d')!
    let frame = 0
    const draw = () => {
      pen.fillStyle = `rgb(${of.colour.join(',')})`
      pen.fillRect(0, 0, 640, 360)
      pen.fillStyle = !soft && context.currentTime % 1 < 0.1 ? '#fff' : '#000'
      pen.fillRect(270, 130, 100, 100)
      for (let bit = 0; bit < 16; bit++) {
        pen.fillStyle = (frame >> (15 - bit)) & 1 ? '#fff' : '#000'
        pen.fillRect(bit * 40, 300, 40, 60)
      }
      frame = soft ? 0 : (frame + 1) & 0xffff
    }
    draw()
    setInterval(draw, 1000 / 30)
    return canvas.captureStream(30).getVideoTracks()[0]!
  }
  media.getDisplayMedia = async () => new MediaStream([picture(screen), sound(screen)])
  ;(window as unknown as FakeDevices).yishiGive(() => sound(look), () => picture(look))
  const devices = [
    { deviceId: 'mic', groupId: 'g', kind: 'audioinput', label: 'Test microphone' },
    { deviceId: 'cam', groupId: 'g', kind: 'videoinput', label: 'Test camera' },
  ].map((d) => ({ ...d, toJSON: () => d }))
  media.enumerateDevices = async () => devices as MediaDeviceInfo[]
}

/**
 * Runs in a page: a camera of 1280x720 whose picture moves all over, and takes what bit rate it is given; it sounds
 * without a pause.
 */
export function installBusyCamera(look: Look): void {
  const media = navigator.mediaDevices
  if (!media) return
  const picture = (): MediaStreamTrack => {
    const noise = document.createElement('canvas')
    noise.width = 320
    noise.height = 180
    const grains = noise.getContext('2d')!
    for (let y = 0; y < 180; y += 6)
      for (let x = 0; x < 320; x += 6) {
        grains.fillStyle = `rgb(${look.colour.map((part) => Math.round(part * (0.5 + Math.random() / 2))).join(',')})`
        grains.fillRect(x, y, 6, 6)
      }
    const canvas = document.createElement('canvas')
    canvas.width = 1280
    canvas.height = 720
    const pen = canvas.getContext('2d')!
    let frame = 0
    const draw = () => {
      frame++
      const x = (frame * 7) % 1280
      for (const left of [x - 1280, x]) pen.drawImage(noise, left, 0, 1280, 720)
    }
    draw()
    setInterval(draw, 1000 / 25)
    return canvas.captureStream(25).getVideoTracks()[0]!
  }
  const page = window as unknown as FakeDevices
  page.yishiGive(() => page.yishiTone(look.tone, 0.2), picture)
}

/**
 * Runs in a page: what it shares is a text of 1920x1080 that scrolls without a pause, ten times a second.
 */
export function installScrollingScreen(): void {
  const media = navigator.mediaDevices
  if (!media) return
  media.getDisplayMedia = async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 1920
    canvas.height = 1080
    const pen = canvas.getContext('2d')!
    const words = 'motion agenda quorum minutes floor venue record proposal member sector'.split(' ')
    let line = 0
    const draw = () => {
      line++
      pen.fillStyle = '#fff'
      pen.fillRect(0, 0, 1920, 1080)
      pen.fillStyle = '#111'
      pen.font = '24px serif'
      for (let row = 0; row < 36; row++) {
        const text = Array.from({ length: 18 }, (_, i) => words[((line + row) * 7 + i * 3) % words.length]).join(' ')
        pen.fillText(`${line + row} ${text}`, 20, 30 * row + 24)
      }
    }
    draw()
    setInterval(draw, 100)
    return canvas.captureStream(10)
  }
}

/**
 * Runs in a page of Chromium: a camera and microphone that keep one exact clock however busy the machine is, as real
 * devices do and Web Audio does not. A worker makes the samples and pictures that are due, each under the time it is
 * made for. The beep begins on whole seconds of that clock, and the blocks show its milliseconds (below a minute).
 */
export function installExactCamera(look: Look): void {
  const media = navigator.mediaDevices
  if (!media) return
  const work = (): void => {
    self.onmessage = ({ data }: MessageEvent) => {
      const { look: of, audio, video } = data as { look: Look; audio: WritableStream; video: WritableStream }
      const sound = audio.getWriter()
      const picture = video.getWriter()
      const canvas = new OffscreenCanvas(640, 360)
      const pen = canvas.getContext('2d')!
      const start = performance.now()
      let sounded = 0 // ms
      let frames = 0
      setInterval(() => {
        const now = performance.now() - start
        for (; sounded + 10 <= now; sounded += 10) {
          const samples = new Float32Array(480)
          for (let i = 0; i < 480; i++) {
            const t = ((sounded % 1000) + i / 48) / 1000
            const burst = t > 0.3 && t < 0.9 && (t * 10) % 2 < 1.4
            samples[i] = 0.35 * (t < 0.1 ? Math.sin(2 * Math.PI * 1000 * t) : burst ? Math.sin(2 * Math.PI * of.tone * t) : 0)
          }
          void sound.write(new AudioData({ format: 'f32', sampleRate: 48000, numberOfFrames: 480, numberOfChannels: 1, timestamp: sounded * 1000, data: samples }))
        }
        if (now * 30 < frames * 1000) return
        frames = Math.floor((now * 30) / 1000) + 1
        pen.fillStyle = `rgb(${of.colour.join(',')})`
        pen.fillRect(0, 0, 640, 360)
        pen.fillStyle = now % 1000 < 100 ? '#fff' : '#000'
        pen.fillRect(270, 130, 100, 100)
        const shown = Math.floor(now) % 60_000
        for (let bit = 0; bit < 16; bit++) {
          pen.fillStyle = (shown >> (15 - bit)) & 1 ? '#fff' : '#000'
          pen.fillRect(bit * 40, 300, 40, 60)
        }
        void picture.write(new VideoFrame(canvas, { timestamp: now * 1000 }))
      }, 5)
    }
  }
  interface Generator extends MediaStreamTrack {
    readonly writable: WritableStream
  }
  const Generator = (window as unknown as { MediaStreamTrackGenerator: new (init: { kind: string }) => Generator }).MediaStreamTrackGenerator
  let made: { audio: Generator; video: Generator } | undefined
  media.getUserMedia = async (wanted?: MediaStreamConstraints) => {
    if (!made) {
      made = { audio: new Generator({ kind: 'audio' }), video: new Generator({ kind: 'video' }) }
      const streams = { audio: made.audio.writable, video: made.video.writable }
      const worker = new Worker(URL.createObjectURL(new Blob([`globalThis.__name = (f) => f;(${work.toString()})()`])))
      worker.postMessage({ look, ...streams }, [streams.audio, streams.video])
    }
    const stream = new MediaStream()
    if (wanted?.audio) stream.addTrack(made.audio.clone())
    if (wanted?.video) stream.addTrack(made.video.clone())
    return stream
  }
}

export interface Seen {
  colour: [number, number, number]
  counter: number
  flash: boolean
  width: number
  height: number
}

/** Runs in the page: reads colour, counter and flash from a video element's current frame. */
export function readPicture(video: HTMLVideoElement): Seen | null {
  if (video.readyState < 2 || video.videoWidth === 0) return null
  const canvas = document.createElement('canvas')
  canvas.width = 640
  canvas.height = 360
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  pen.drawImage(video, 0, 0, 640, 360)
  const at = (x: number, y: number) => {
    const [r, g, b] = pen.getImageData(x, y, 1, 1).data
    return [r, g, b] as [number, number, number]
  }
  let counter = 0
  for (let bit = 0; bit < 16; bit++) {
    const [r, g, b] = at(bit * 40 + 20, 330)
    counter = counter * 2 + (r! + g! + b! > 380 ? 1 : 0)
  }
  const [fr, fg, fb] = at(320, 180)
  return {
    colour: at(100, 80),
    counter,
    flash: fr! + fg! + fb! > 450,
    width: video.videoWidth,
    height: video.videoHeight,
  }
}

/** Which look a colour that was seen is nearest to; null when near none. */
export function whose(colour: [number, number, number]): Look | null {
  const distance = (look: Look) =>
    Math.hypot(look.colour[0] - colour[0], look.colour[1] - colour[1], look.colour[2] - colour[2])
  const nearest = LOOKS.reduce((best, look) => (distance(look) < distance(best) ? look : best))
  return distance(nearest) < 60 ? nearest : null
}
