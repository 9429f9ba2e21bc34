// Cameras, microphones and loudspeakers: finding, opening, remembering, and saying in one word what
// is wrong when that fails.

import { CAPTURE } from './screen'

/** `insecure`: the page came without https; `unsupported`: the browser has no devices to give, as inside other apps. */
export type DeviceTrouble = 'denied' | 'none' | 'busy' | 'insecure' | 'unsupported' | 'failed'

export class DeviceError extends Error {
  constructor(readonly trouble: DeviceTrouble) {
    super(trouble)
  }
}

export interface DeviceLists {
  mic: MediaDeviceInfo[]
  camera: MediaDeviceInfo[]
  speaker: MediaDeviceInfo[]
}

export interface DeviceChoice {
  mic: string
  camera: string
  speaker: string
  noiseSuppression: boolean
  micOn: boolean
  cameraOn: boolean
}

const STORED = 'yishi.devices'
const NO_CHOICE: DeviceChoice = {
  mic: '',
  camera: '',
  speaker: '',
  noiseSuppression: true,
  micOn: true,
  cameraOn: true,
}

export function loadChoice(): DeviceChoice {
  try {
    return { ...NO_CHOICE, ...JSON.parse(localStorage.getItem(STORED) ?? '{}') }
  } catch {
    return { ...NO_CHOICE }
  }
}

export function saveChoice(choice: DeviceChoice): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(choice))
  } catch {
    // private browsing: it is only a convenience
  }
}

/** What the browser's exception means to a person. */
export function troubleOf(error: unknown): DeviceTrouble {
  const name = error instanceof Error ? error.name : ''
  if (error instanceof DeviceError) return error.trouble
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'failed'
}

/** A phone: coarse pointer and a short side that fits a hand. */
export function isPhone(): boolean {
  return matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 600
}

export async function listDevices(): Promise<DeviceLists> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  const of = (kind: MediaDeviceKind) => all.filter((d) => d.kind === kind && d.deviceId !== '')
  return { mic: of('audioinput'), camera: of('videoinput'), speaker: of('audiooutput') }
}

export const canChooseSpeaker = (): boolean =>
  typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype

async function open(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  // Browsers hide mediaDevices on pages that are neither HTTPS nor localhost; some apps hide it on all.
  if (!navigator.mediaDevices) throw new DeviceError(isSecureContext ? 'unsupported' : 'insecure')
  try {
    const stream = await navigator.mediaDevices.getUserMedia(constraints)
    return stream.getTracks()[0]!
  } catch (error) {
    throw new DeviceError(troubleOf(error))
  }
}

export async function openMic(deviceId: string, noiseSuppression: boolean): Promise<MediaStreamTrack> {
  const audio: MediaTrackConstraints = {
    echoCancellation: true,
    autoGainControl: true,
    noiseSuppression,
    channelCount: { ideal: 1 },
  }
  if (deviceId) audio.deviceId = { ideal: deviceId }
  return open({ audio })
}

export async function openCamera(deviceId: string, phone: boolean): Promise<MediaStreamTrack> {
  const video: MediaTrackConstraints = phone
    ? { width: { ideal: 640, max: 960 }, height: { ideal: 360, max: 960 }, frameRate: { ideal: 24, max: 30 } }
    : { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } }
  if (deviceId) video.deviceId = { ideal: deviceId }
  else video.facingMode = { ideal: 'user' }
  return open({ video })
}

export async function openScreen(): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }> {
  const options: DisplayMediaStreamOptions = {
    video: CAPTURE,
    // What is shared should sound as it is: no processing meant for voices.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  }
  const stream = await navigator.mediaDevices.getDisplayMedia(options)
  return { video: stream.getVideoTracks()[0]!, audio: stream.getAudioTracks()[0] ?? null }
}

export const canShareScreen = (): boolean =>
  typeof navigator !== 'undefined' && !!navigator.mediaDevices && 'getDisplayMedia' in navigator.mediaDevices
