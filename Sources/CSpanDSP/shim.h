// The parts of spandsp that are used; spandsp.h itself pulls in TIFF and all of fax.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <inttypes.h>
#include <spandsp/telephony.h>
