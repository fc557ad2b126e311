// libsrtp2: encryption and authentication of RTP and RTCP packets (RFC 3711).
#pragma once
#include <srtp2/srtp.h>
