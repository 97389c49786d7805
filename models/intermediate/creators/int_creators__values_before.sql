{{ ledgerline.creator_values('int_creators__states_carried') }}
