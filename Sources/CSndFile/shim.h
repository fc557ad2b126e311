// libsndfile: reads prompt files, writes exported messages.
#pragma once
#include <sndfile.h>
