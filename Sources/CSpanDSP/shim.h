// The parts of spandsp that are used; spandsp.h itself pulls in TIFF and all of fax. Of the private parts, what a G.722
// codec remembers: a clip must begin where the clip or the silence before it has left the listener.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <inttypes.h>
#include <spandsp/telephony.h>
#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>
#include <spandsp/g722.h>
#include <spandsp/private/g722.h>
#include <spandsp/logging.h>
#include <spandsp/tone_generate.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>
#include <spandsp/time_scale.h>
#include <spandsp/complex.h>
#include <spandsp/tone_detect.h>
#include <spandsp/modem_connect_tones.h>
