bin/flood.o: flood.c spread.h endpoint.h clients.h members.h
