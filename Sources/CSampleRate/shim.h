// libsamplerate: prompts are kept at 16 kHz and heard at 8 kHz.
#pragma once
#include <samplerate.h>
