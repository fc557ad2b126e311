// oRTP: RTP and RTCP sessions over sockets that Media owns. Macros and globals that Swift cannot use are wrapped.
#pragma once
#include <sys/epoll.h>
#include <sys/socket.h>
#include <ortp/ortp.h>

// The globals are constants in fact, though not in type: nothing writes to them after ortp_init().
static inline PayloadType *ortp_payload_pcmu(void) { return &payload_type_pcmu8000; }
static inline PayloadType *ortp_payload_pcma(void) { return &payload_type_pcma8000; }
static inline void ortp_set_marker(mblk_t *message) { rtp_set_markbit(message, 1); }

// recvmmsg(2), which the C library shows only with _GNU_SOURCE: a struct of the same layout as its mmsghdr.
struct received_datagram {
    struct msghdr header;
    unsigned int length;
};
struct timespec;
int receive_datagrams(int socket, struct received_datagram *datagrams, unsigned int count, int flags, struct timespec *timeout)
    __asm__("recvmmsg");

// pthread_setname_np(3), likewise.
int name_thread(pthread_t thread, const char *name) __asm__("pthread_setname_np");
