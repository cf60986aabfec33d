bin/steer_load.o: steer_load.c clients.h endpoint.h members.h spread.h
