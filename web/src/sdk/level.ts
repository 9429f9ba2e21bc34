// Loudness of a local track, 0…1, for the level meter and for noticing that somebody speaks while
// muted.

/** A meter that one looks at moves with the voice. */
const METER_MS = 80
const FLOOR_DB = -60

let context: AudioContext | null = null

/** Browsers keep audio contexts asleep until the person has touched the page; iOS has another state,
 * `interrupted`, after a telephone call. */
export function wakeAudio(): void {
  if (context && context.state !== 'running') context.resume().catch(() => undefined)
}

/** Root mean square of samples as 0…1 on a decibel scale from -60 dB to 0 dB. */
export function loudness(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  if (sum === 0) return 0
  const db = 10 * Math.log10(sum / samples.length)
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB))
}

/** It only listens: where the browser can, without the cost of playing silence to a loudspeaker. */
function silentContext(): AudioContext {
  const options = { sinkId: { type: 'none' } }
  return new AudioContext(options as AudioContextOptions)
}

/** Calls back until the returned function is called. */
export function meter(
  track: MediaStreamTrack,
  report: (level: number) => void,
  interval_ms = METER_MS,
): () => void {
  context ??= silentContext()
  wakeAudio()
  const source = context.createMediaStreamSource(new MediaStream([track]))
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    report(loudness(samples))
  }, interval_ms)
  return () => {
    clearInterval(timer)
    source.disconnect()
  }
}

/** Two soft tones on the chosen loudspeaker: "can you hear this?" */
export async function playTestTone(speaker: string): Promise<void> {
  const tone = new AudioContext()
  const sink = tone as AudioContext & { setSinkId?: (id: string) => Promise<void> }
  if (speaker) await sink.setSinkId?.(speaker).catch(() => undefined)
  const at = tone.currentTime
  for (const [index, frequency] of [523, 659].entries()) {
    const oscillator = tone.createOscillator()
    const gain = tone.createGain()
    const begin = at + index * 0.28
    oscillator.frequency.value = frequency
    gain.gain.setValueAtTime(0, begin)
    gain.gain.linearRampToValueAtTime(0.2, begin + 0.03)
    gain.gain.exponentialRampToValueAtTime(0.001, begin + 0.6)
    oscillator.connect(gain).connect(tone.destination)
    oscillator.start(begin)
    oscillator.stop(begin + 0.65)
  }
  setTimeout(() => void tone.close(), 1200)
}
