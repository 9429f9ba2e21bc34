/* What a published stream is, as the signalling, the router, the tap and the recorder know it. */
#pragma once

typedef enum { SOURCE_MIC, SOURCE_CAMERA, SOURCE_SCREEN, SOURCE_SCREEN_AUDIO, SOURCE_COUNT } Source;
