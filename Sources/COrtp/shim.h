// oRTP: RTP and RTCP sessions over sockets that Media owns.
#pragma once
#include <sys/socket.h>
#include <ortp/ortp.h>
