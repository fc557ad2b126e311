// libosip2's parser. Its headers use struct timeval and time_t without including them.
#pragma once
#include <time.h>
#include <sys/time.h>
#include <osipparser2/osip_parser.h>
